package sampletown

import "strings"

// The words that names and addresses are put together from. Common names on both
// sides of the Rio Grande, and those of the people who came from further away.
func firstNames() []string {
	return strings.Fields(`James Mary Robert Patricia Michael Linda William Elizabeth David Barbara
		José María Luis Guadalupe Juan Rosa Carlos Lucía Jesús Ana Miguel Verónica Ángel Inés Ramón Sofía
		Thomas Susan Charles Jessica Daniel Karen Matthew Lisa Anthony Nancy Donald Betty Steven Sandra
		Nguyen Linh Minh Thu Wei Mei Hiroshi Yuki Priya Arjun Fatima Omar Amara Chidi Olu Zainab
		Latoya Darnell Keisha Tyrone Imani Marcus Renée André Chloé Søren Björn Zoë Siobhán Seán
		Dakota Cheyenne Billie Hank Loretta Wyatt Mabel Otis Pearl Virgil Dolores Ernesto Concepción Raúl`)
}

func lastNames() []string {
	return listed(`Smith|Johnson|Williams|Brown|Jones|Miller|Davis|Wilson|Anderson|Taylor|Moore|Jackson|Lee|Harris|Clark
Muñoz|García|Rodríguez|Martínez|Hernández|López|González|Pérez|Sánchez|Ramírez|Torres|Flores|Peña|Ibáñez|Núñez|Zúñiga
De La Cruz|De León|Del Río|Van Dyke|Von Braun|St. Clair|McDonald|MacGregor|O'Neil|O'Brien|D'Angelo
Nguyen|Tran|Pham|Chen|Wong|Kim|Park|Tanaka|Patel|Singh|Khan|Hussain|Okafor|Adeyemi|Mensah|Haile
Garza-Treviño|Smith-Jones|Boudreaux|Thibodeaux|Krause|Schröder|Müller|Kovář|Dvořák|Sørensen|Lindqvist|Kowalski|Petrović
Washington|Jefferson|Freeman|Booker|Whitehorse|Begay|Lightfoot|Hawkins|Tillman|Crenshaw|Pickett|Yarbrough|Culpepper`)
}

func streets() []string {
	return listed(`Main Street|Elm Street|Oak Street|Pecan Street|Mesquite Drive|Live Oak Lane|Bluebonnet Lane
Lamar Avenue|Houston Avenue|Travis Street|Crockett Street|San Jacinto Boulevard|Alamo Drive|Goliad Street
Guadalupe Street|Brazos Street|Colorado Street|Pedernales Court|Frio Street|Río Vista Drive|Nueces Street|Sabine Street
County Road 214|FM 1431|Ranch Road 12|Old Mill Road|Cemetery Road|Water Tower Road|Depot Street|Schoolhouse Lane
Martin Luther King Jr. Drive|César Chávez Street|Dr. Pepper Court|1st Street|2nd Street|3rd Street|4th Street
Armadillo Way|Roadrunner Circle|Wildflower Cove|Limestone Trail|Cedar Bend|Cottonwood Court|Juniper Trail|Redbud Lane`)
}

func businesses() []string {
	return listed(`Bluebonnet Laundry LLC|Taquería El Farolito|Lone Star Auto Glass Inc.|Peña & Sons Plumbing
Café Olé|Pho Saigon 2|First Baptist Church|Iglesia San José|Sampletown ISD|Hill Country Feed & Seed Co.
The Donut Hole|Kolache Haus|Brazos Valley Dental, PLLC|Big Tex Tire|Garza Funeral Home|Dollar Barn #114
Lakeside Mini Storage LP|Sunrise Car Wash LLC|Wong's Dry Cleaners|Main Street Barber|The Rusty Spur|Patel Motel Inc.
Live Oak Veterinary Clinic|Sabine Machine Works|H & H Barbecue|Mockingbird Books|Nguyen Nails & Spa|VFW Post 7791`)
}

// landlords own many houses, whose bills all go to them.
func landlords() []string {
	return listed("Cottonwood Property Management LLC|Ibáñez Rentals|Hill Country Homes LP|Krause Family Trust")
}

// listed splits a list written over several lines.
func listed(text string) []string { return strings.Split(strings.ReplaceAll(text, "\n", "|"), "|") }
